"""Output: tables, workbooks, the manifest, the console. Every write is atomic."""
