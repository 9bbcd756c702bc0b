from . import access, documents, protocol
