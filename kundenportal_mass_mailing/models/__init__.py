from . import kundenportal_message, kundenportal_message_recipient, mailing_mailing
