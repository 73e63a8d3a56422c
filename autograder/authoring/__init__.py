"""Making a course: new exercises, the audit of their checks and its page, the release and its proof."""
