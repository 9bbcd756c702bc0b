from . import access, documents
