"""What `make` calls: fetch Odoo, keep a PostgreSQL cluster, build databases, serve, test, lint.

Standard library only, because it has to work before anything is installed. One topic per file;
`__main__.py` is the list of commands. Run from the checkout as `python3 -m dev COMMAND`.
"""
