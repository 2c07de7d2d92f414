"""Settings that nothing comes of, and a world in which all is well."""

from tests.bot.cli.worlds.world import PAYMENTS, wrong

WITHOUT_EFFECT = {
    "a reminder that will not come": wrong(
        f"! {PAYMENTS}SHIFT_REMINDER", "SHIFT_NOTICES", "dm or both", code=0, shift_reminder="2h"
    ),
    "a time without a digest": wrong(
        f"! {PAYMENTS}DIGEST_TIME", f"without {PAYMENTS}DIGEST_CHANNEL", code=0, digest_time="08:00"
    ),
    "a signing secret beside Socket Mode": wrong(
        "! SLACK_SIGNING_SECRET", "has no effect beside SLACK_APP_TOKEN", code=0, SLACK_SIGNING_SECRET="made-up-secret"
    ),
    "days without a digest": wrong(f"! {PAYMENTS}DIGEST_DAYS", code=0, digest_days="daily"),
}

THE_REST = {
    "a directory for the database": wrong("✘ DATABASE_URL", "names a directory", DATABASE_URL="sqlite:///{place}"),
    "a time zone with the wrong sign": wrong(
        "✔ digest", "Etc/GMT+8 (UTC-08:00)", code=0, timezone="Etc/GMT+8", digest_channel="C0PAYMENTS"
    ),
    "all is well": wrong(
        "✔ SLACK_APP_TOKEN",
        "✔ DATABASE_URL SQLite",
        "✔ other connections none open",
        "Nothing that was looked at is wrong.",
        code=0,
        slack_channels="C0PAYMENTS",
        responders="S0RESPOND,U0ALICE",
        ADMINS="U0BOB",
    ),
}
