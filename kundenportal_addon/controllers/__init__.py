from . import access, documents, protocol, portal
