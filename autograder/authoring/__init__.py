"""Making a course: new exercises, the audit of their checks, the release and its proof."""
