"""The words around a sign-in form, in several languages; matched on `plain` text. Pure."""

import re

SIGN_IN = re.compile(
    r"\b(?:log ?(?:in|on)|sign ?(?:in|on)|my account|customer (?:area|portal|login)|anmeld|einlogg|kundenportal"
    r"|mein konto"
    r"|connexion|se connecter|connecter|identifi|espace client|mon compte|iniciar sesion|acceder|acceso"
    r"|area (?:de )?client|entrar"
    r"|acced|login|area clienti|inlogg|aanmeld|mijn|iniciar sessao|area de cliente)"
)
GO_ON = re.compile(
    r"\b(?:log ?(?:in|on)|sign ?(?:in|on)|continue|next|go$|enter$|submit|verify|confirm|anmeld|einlogg|weiter"
    r"|bestatig|prufen"
    r"|connect|connexion|suivant|continuer|valider|verifier|iniciar|acceder|siguiente|continuar|entrar|verificar"
    r"|accedi|entra|avanti|continua|verifica|inloggen|aanmelden|volgende|doorgaan|verder|ok$|seguinte)"
)
SIGN_OUT = re.compile(
    r"\b(?:log ?(?:out|off)|sign ?(?:out|off)|exit|end session|abmelden|ausloggen|logout|deconnexion|se deconnecter"
    r"|deconnecter"
    r"|cerrar sesion|desconect|salir|esci|disconnett|logout|uitlog|afmeld|sair|terminar sessao)\b|\b(?:deconne"
    r"|desconect|disconnett)"
)
USER = re.compile(
    r"user|login|e ?mail|mail|account|customer|member|client|identif|benutzer|kunden|anmeldename|nutzer|usuario"
    r"|cliente|utente|codice"
    r"|gebruiker|klant|utilizador|nif|dni|acct|cid\b|uid\b|name"
)
CODE = re.compile(
    r"\b(?:otp|totp|one ?time|2fa|mfa|two (?:factor|step)|second (?:factor|step)|authenticator|security code"
    r"|verification|access code|passcode"
    r"|sicherheitscode|bestatigungscode|tan|einmal|code|codigo|codice|token|pin code|verifica|verificatie)"
)
NOT_A_CODE = re.compile(r"\b(?:post ?code|zip|promo|voucher|coupon|search|such|postal|postleitzahl|cap\b)")
WRONG = re.compile(
    r"incorrect|invalid|wrong|not (?:correct|recogni|valid|found|match)|did ?n.?t|could not|couldn t|failed|unknown"
    r"|denied|try again|locked|blocked"
    r"|falsch|ungultig|nicht (?:korrekt|richtig|gefunden|bekannt)|fehlgeschlagen|gesperrt|incorrecte?|invalide"
    r"|errone|echou|incorrect[oa]|no (?:es )?(?:valid|correct)"
    r"|errat[oa]|non (?:valid|corrett|riconosc)|onjuist|ongeldig|niet (?:juist|bekend|correct)|invalid[oa]|incorret"
)
COOKIES = re.compile(r"\bcookies?\b|\btracking\b|traceurs")
ONLY_NEEDED = re.compile(
    r"\b(?:reject|decline|refuse|deny|only (?:necessary|essential|required)"
    r"|(?:necessary|essential|required) (?:cookies )?only"
    r"|ablehnen|nur (?:notwendige|erforderliche|essenzielle)|(?:tout )?refuser|continuer sans accepter|rechazar"
    r"|solo (?:las )?necesarias|rifiuta|solo necessari|weiger|alleen noodzakelijk|rejeitar|apenas (?:os )?necessarios"
    r"|got it|ok$|close$|dismiss|verstanden|schliessen|fermer|cerrar$|chiudi|sluiten|fechar)"
)
# A badge such as "protected by reCAPTCHA" asks nothing of anybody; these do.
CAPTCHA = re.compile(
    r"are you (?:a )?(?:human|robot)|i m not a robot|verify (?:that )?you are (?:a )?human"
    r"|type the (?:characters|letters)"
    r"|kein roboter|pas un robot|no soy un robot|non sono un robot|geen robot"
)
CAPTCHA_PARTS = (
    "iframe[src*='recaptcha']:not([src*='size=invisible'])",
    ".g-recaptcha:not([data-size='invisible'])",
    "iframe[src*='hcaptcha']",
    ".h-captcha:not([data-size='invisible'])",
    ".cf-turnstile",
    "iframe[src*='challenges.cloudflare']",
    "input[name*='captcha' i]:not([type='hidden'])",
)
