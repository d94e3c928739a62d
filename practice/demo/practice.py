"""The demo's practice: its name, logo, and terms."""

import io
from math import cos, pi, sin

from PIL import Image, ImageDraw

from audit.trail import Actor
from practice import logo, terms
from practice.models import Practice

TERMS = {
    "en": """The portal shows you your child's visits, past and to come, and who can see them.

It does not show all of your child's chart. Call us if you need more.

Keep your password to yourself. If others may know it, change it.

We note who looks at your child's page, and when. You can see this in the portal.

Do not use the portal in an emergency. Call 911.

We can end your access if the law or a court asks for it, or if your right to see your child's records ends.

You can stop at any time. Ask us, and we close your account.""",
    "es": """El portal le muestra las citas de su hijo o hija, pasadas y próximas, y quién puede verlas.

No muestra todo el expediente. Llámenos si necesita más.

No comparta su contraseña. Si otra persona puede saberla, cámbiela.

Anotamos quién mira la página de su hijo o hija, y cuándo. Usted puede verlo en el portal.

No use el portal en una emergencia. Llame al 911.

Podemos terminar su acceso si la ley o un tribunal lo pide, o si termina su derecho a ver el expediente.

Puede dejarlo cuando quiera. Pídanoslo y cerramos su cuenta.""",
    "ar": """تعرض لك البوابة زيارات طفلك السابقة والقادمة، ومن يمكنه رؤيتها.

لا تعرض البوابة ملف طفلك كله. اتصل بنا إذا احتجت إلى المزيد.

لا تُعطِ كلمة مرورك لأحد. وإذا كان غيرك قد يعرفها فغيّرها.

نسجّل من ينظر إلى صفحة طفلك ومتى. ويمكنك أن ترى ذلك في البوابة.

لا تستخدم البوابة في حالة الطوارئ. اتصل بالرقم 911.

يمكننا إنهاء وصولك إذا طلب القانون أو المحكمة ذلك، أو إذا انتهى حقك في رؤية سجلات طفلك.

يمكنك التوقف في أي وقت. اطلب منا ذلك ونغلق حسابك.""",
}


def demo_logo() -> bytes:
    """A sun rising over two lines, as a PNG."""
    green, middle = "#0c6a5c", (640, 760)
    image = Image.new("RGB", (1280, 1120), "white")
    draw = ImageDraw.Draw(image)
    for ray in range(9):
        across, up = cos(pi * ray / 8), sin(pi * ray / 8)
        ends = [(middle[0] + across * far, middle[1] - up * far) for far in (450, 600)]
        draw.line(ends, fill=green, width=64)
        for x, y in ends:
            draw.ellipse((x - 32, y - 32, x + 32, y + 32), fill=green)
    draw.pieslice((290, 410, 990, 1110), 180, 360, fill=green)
    draw.rounded_rectangle((40, 850, 1240, 922), 36, fill=green)
    draw.rounded_rectangle((240, 1000, 1040, 1072), 36, fill=green)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def load(*, actor: Actor) -> None:
    """Create the practice, unless it exists."""
    _, is_new = Practice.objects.get_or_create(
        pk=1,
        defaults={
            "name": "Sunnyside Pediatrics",
            "address": "210 Sunnyside Avenue\nFairbrook, OH 43000",
            "phone": "(614) 555-0100",
        },
    )
    if is_new:  # do not restore what a user has removed
        logo.save(content=demo_logo(), seen="", by=actor)
        terms.publish(texts=TERMS, by=actor)
