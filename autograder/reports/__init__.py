"""Reports: one module a format, each a function of results; nothing here grades or opens files.

Text of a student's making is escaped for the format it goes to: see `text.visible`.
"""
