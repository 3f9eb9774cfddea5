"""Simple drawings, in a box from -80 to 80; ``$d $m $l`` are dark, middle and light colour.

One per leaf category, and some for goods that look unlike the others of theirs.
"""

_SCREEN = (
    '<rect x="-46" y="-80" width="92" height="160" rx="16" fill="$d"/><rect x="-37" y="-64" width="74" height="118"'
)

ICONS = {
    "ringtones": '<path d="M-26 46V-54L52 -70V30" fill="none" stroke="$d" stroke-width="13" stroke-linejoin="round"/>'
    '<ellipse cx="-44" cy="48" rx="25" ry="19" fill="$m"/><ellipse cx="34" cy="32" rx="25" ry="19" fill="$m"/>',
    "sms-packs": '<path d="M-78 -58h156a14 14 0 0 1 14 14v76a14 14 0 0 1-14 14h-94l-36 34v-34h-26a14 14 0 0 1-14-14'
    'v-76a14 14 0 0 1 14-14z" fill="$d"/><circle cx="-40" cy="-6" r="11" fill="$l"/><circle r="11" cy="-6" fill="$l"/>'
    '<circle cx="40" cy="-6" r="11" fill="$l"/>',
    "data": '<rect x="-76" y="28" width="28" height="44" rx="7" fill="$m"/><rect x="-34" y="-4" width="28" height="76"'
    ' rx="7" fill="$m"/><rect x="8" y="-38" width="28" height="110" rx="7" fill="$d"/><rect x="50" y="-72" width="28"'
    ' height="144" rx="7" fill="$d"/>',
    "top-ups": '<rect x="-84" y="-54" width="168" height="108" rx="16" fill="$d"/><path d="M-84 -26h168v24h-168z"'
    ' fill="$m"/><path d="M32 10l14 17 14-17M46 27v20M34 30h24M34 39h24" fill="none" stroke="$l" stroke-width="5"/>',
    "game-coins": '<path d="M-52 -44h104c36 0 44 100 18 104-20 3-30-34-46-34h-48c-16 0-26 37-46 34-26-4-18-104 18-104z"'
    ' fill="$d"/><path d="M-44 -26v36M-62 -8h36" stroke="$l" stroke-width="11" stroke-linecap="round"/>'
    '<circle cx="36" cy="-20" r="9" fill="$l"/><circle cx="56" cy="2" r="9" fill="$m"/>',
    "video": '<rect x="-86" y="-60" width="172" height="108" rx="14" fill="$d"/><path d="M-20 -36l52 30-52 30z"'
    ' fill="$l"/><path d="M-44 68h88" stroke="$m" stroke-width="12" stroke-linecap="round"/>',
    "music": '<circle r="76" fill="$d"/><circle r="54" fill="none" stroke="$m" stroke-width="4"/><circle r="40"'
    ' fill="none" stroke="$m" stroke-width="4"/><circle r="26" fill="$m"/><circle r="8" fill="$l"/>',
    "phones": _SCREEN + ' rx="6" fill="$l"/><circle cy="66" r="7" fill="$l"/><path d="M-22 -34h44M-22 -14h44M-22 6h26"'
    ' stroke="$m" stroke-width="8" stroke-linecap="round"/>',
    "headsets": '<path d="M-64 24v-20a64 64 0 0 1 128 0v20" fill="none" stroke="$d" stroke-width="14"/>'
    '<rect x="-82" y="12" width="38" height="60" rx="16" fill="$m"/><rect x="44" y="12" width="38" height="60" rx="16"'
    ' fill="$m"/>',
    "accessories": '<rect x="-48" y="-66" width="96" height="142" rx="16" fill="$d"/><rect x="-18" y="-82" width="36"'
    ' height="18" rx="6" fill="$m"/><path d="M8 -42l-34 54h24l-8 42 36-56h-24z" fill="$l"/>',
    "kitchen": '<path d="M-66 -22h132v58a34 34 0 0 1-34 34h-64a34 34 0 0 1-34-34z" fill="$d"/><path d="M-74 -38h148"'
    ' stroke="$m" stroke-width="14" stroke-linecap="round"/><circle cy="-58" r="11" fill="$m"/><path d="M-92 0h26M66'
    ' 0h26" stroke="$d" stroke-width="12" stroke-linecap="round"/>',
    "living": '<path d="M-30 -76h60l34 74h-128z" fill="$m"/><path d="M0 -2v64" stroke="$d" stroke-width="12"/>'
    '<path d="M-44 70h88" stroke="$d" stroke-width="14" stroke-linecap="round"/>',
    "snacks": '<circle r="72" fill="$m"/><circle cx="-28" cy="-26" r="11" fill="$d"/><circle cx="22" cy="-36" r="9"'
    ' fill="$d"/><circle cx="34" cy="14" r="12" fill="$d"/><circle cx="-12" cy="16" r="9" fill="$d"/><circle cx="-40"'
    ' cy="30" r="8" fill="$d"/><circle cx="10" cy="46" r="10" fill="$d"/>',
    "tea": '<path d="M-66 -16h108v40a46 46 0 0 1-46 46h-16a46 46 0 0 1-46-46z" fill="$d"/><path d="M42 -4h18a22 22 0 0'
    ' 1 0 44h-22" fill="none" stroke="$d" stroke-width="11"/><path d="M-36 -36c-14-18 14-22 0-42M-4 -36c-14-18 14-22'
    ' 0-42" fill="none" stroke="$m" stroke-width="8" stroke-linecap="round"/>',
    "grain": '<path d="M-80 -4h160c0 44-34 74-80 74s-80-30-80-74z" fill="$d"/><path d="M-64 -10c6-38 34-54 64-54s58 16'
    ' 64 54z" fill="$m"/><circle cx="-24" cy="-30" r="6" fill="$l"/><circle cx="6" cy="-44" r="6" fill="$l"/><circle'
    ' cx="30" cy="-26" r="6" fill="$l"/>',
    "reading": '<path d="M0 -48c-24-16-56-18-84-12v112c28-6 60-4 84 12 24-16 56-18 84-12v-112c-28-6-60-4-84 12z"'
    ' fill="$d"/><path d="M0 -48v112" stroke="$l" stroke-width="6"/><path d="M-64 -32c16-2 30 0 44 6M-64 -4c16-2 30 0'
    ' 44 6M64 -32c-16-2-30 0-44 6M64 -4c-16-2-30 0-44 6" fill="none" stroke="$l" stroke-width="7"/>',
    "stationery": '<g transform="rotate(45)"><rect x="-17" y="-86" width="34" height="118" rx="8" fill="$d"/><path'
    ' d="M-17 32h34l-17 48z" fill="$m"/><path d="M-17 -58h34" stroke="$l" stroke-width="9"/></g>',
    "baby": '<rect x="-34" y="-28" width="68" height="104" rx="20" fill="$d"/><path d="M-28 -36h56" stroke="$m"'
    ' stroke-width="16" stroke-linecap="round"/><path d="M-14 -48c0-22 4-34 14-34s14 12 14 34z" fill="$m"/><path'
    ' d="M-14 0h24M-14 22h24M-14 44h24" stroke="$l" stroke-width="7" stroke-linecap="round"/>',
    "toys": '<rect x="-76" y="4" width="68" height="68" rx="10" fill="$d"/><rect x="8" y="4" width="68" height="68"'
    ' rx="10" fill="$m"/><path d="M0 -80l42 72h-84z" fill="$d"/><circle cx="42" cy="38" r="18" fill="$l"/>',
    "camping": '<path d="M0 -64l92 132h-184z" fill="$d"/><path d="M0 -8l40 76h-80z" fill="$l"/><path d="M-12 -84L0'
    ' -64l12-20" fill="none" stroke="$m" stroke-width="9" stroke-linecap="round"/>',
    "sports": '<path d="M-52 0h104" stroke="$d" stroke-width="14"/><rect x="-66" y="-44" width="26" height="88" rx="9"'
    ' fill="$d"/><rect x="40" y="-44" width="26" height="88" rx="9" fill="$d"/><rect x="-88" y="-26" width="18"'
    ' height="52" rx="7" fill="$m"/><rect x="70" y="-26" width="18" height="52" rx="7" fill="$m"/>',
    "movies": '<rect x="-80" y="-28" width="160" height="98" rx="12" fill="$d"/><path d="M-80 -40l150-36 6 24-150 36z"'
    ' fill="$m"/><path d="M-14 -6l44 26-44 26z" fill="$l"/>',
    "travel": '<path d="M0 -84c12 0 16 18 16 38l70 46v22l-70-20-4 40 22 18v16l-34-10-34 10v-16l22-18-4-40-70'
    ' 20v-22l70-46c0-20 4-38 16-38z" fill="$d"/>',
    "dining": '<path d="M-44 -76v44a20 20 0 0 0 40 0v-44M-24 -76v150" fill="none" stroke="$d" stroke-width="11"'
    ' stroke-linecap="round"/><path d="M36 74v-150c30 12 34 60 22 86h-22" fill="$m" stroke="$d" stroke-width="9"'
    ' stroke-linejoin="round"/>',
    "shopping": '<path d="M-64 -30h128l10 104h-148z" fill="$d"/><path d="M-32 -14v-24a32 32 0 0 1 64 0v24" fill="none"'
    ' stroke="$m" stroke-width="11" stroke-linecap="round"/>',
    "home-care": '<path d="M0 -74l84 68h-20v76h-128v-76h-20z" fill="$d"/><path d="M0 -22l10 24 26 6-26 8-10 26-10-26'
    '-26-8 26-6z" fill="$l"/>',
    "health": '<path d="M0 72c-60-40-84-72-84-104 0-54 66-60 84-18 18-42 84-36 84 18 0 32-24 64-84 104z" fill="$d"/>'
    '<path d="M-60 -2h32l12-26 22 48 14-22h40" fill="none" stroke="$l" stroke-width="9" stroke-linejoin="round"/>',
    "knife": '<g transform="rotate(40)"><path d="M-20 -86c34 10 40 50 40 86h-40z" fill="$m"/><rect x="-20" y="8"'
    ' width="30" height="74" rx="10" fill="$d"/><circle cx="-5" cy="28" r="5" fill="$l"/><circle cx="-5" cy="58" r="5"'
    ' fill="$l"/></g>',
    "bed": '<path d="M-84 -56v122M84 10v56M-84 44h168" stroke="$d" stroke-width="13" stroke-linecap="round"/>'
    '<path d="M-66 34v-24a14 14 0 0 1 14-14h118a14 14 0 0 1 14 14v24z" fill="$m"/><rect x="-68" y="-38" width="56"'
    ' height="30" rx="12" fill="$d"/>',
    "robot": '<circle r="76" fill="$d"/><circle r="60" fill="none" stroke="$m" stroke-width="6"/><circle cy="-14"'
    ' r="22"'
    ' fill="$m"/><circle cy="-14" r="9" fill="$l"/><path d="M-26 38h52" stroke="$l" stroke-width="9"'
    ' stroke-linecap="round"/>',
    "chair": '<path d="M-62 -64c8 66 30 86 66 86h56" fill="none" stroke="$m" stroke-width="26" stroke-linecap="round"/>'
    '<path d="M-34 20l-26 54M46 28l22 46M-44 74l86-46" stroke="$d" stroke-width="10" stroke-linecap="round"/>',
    "lantern": '<path d="M-34 -40a34 34 0 0 1 68 0" fill="none" stroke="$d" stroke-width="10"/><rect x="-46" y="-44"'
    ' width="92" height="18" rx="9" fill="$d"/><rect x="-36" y="-26" width="72" height="76" rx="10" fill="$m"/><rect'
    ' x="-46" y="50" width="92" height="22" rx="10" fill="$d"/><circle cy="12" r="17" fill="$l"/>',
    "shoe": '<path d="M-80 -40c18 14 36 12 46-2l58 46c24 6 56 8 56 40h-160z" fill="$d"/><path d="M-84 58h168"'
    ' stroke="$m" stroke-width="16" stroke-linecap="round"/><path d="M-22 -8l14-16M0 10l14-16" stroke="$l"'
    ' stroke-width="8" stroke-linecap="round"/>',
    "racket": '<g transform="rotate(38)"><ellipse cy="-40" rx="36" ry="44" fill="$l" stroke="$d"'
    ' stroke-width="10"/><path'
    ' d="M-30 -54h60M-34 -34h68M-12 -80v80M12 -80v80" stroke="$m" stroke-width="4"/><path d="M0 6v78" stroke="$d"'
    ' stroke-width="12" stroke-linecap="round"/></g>',
    "band": '<path d="M-24 -84h48l6 44h-60zM-24 84h48l6-44h-60z" fill="$m"/><rect x="-42" y="-48" width="84"'
    ' height="96"'
    ' rx="20" fill="$d"/><path d="M-28 4h16l8-20 12 36 8-16h12" fill="none" stroke="$l" stroke-width="7"'
    ' stroke-linejoin="round"/>',
    "car": '<path d="M-84 34v-30l22-8 22-40h74l30 40 22 8v30z" fill="$d"/><path d="M-28 -8l14-26h18v26zM14'
    ' -34h16l20 26h-36z"'
    ' fill="$l"/><circle cx="-44" cy="36" r="20" fill="$m" stroke="$d" stroke-width="8"/><circle cx="46" cy="36" r="20"'
    ' fill="$m" stroke="$d" stroke-width="8"/>',
    "pushchair": '<path d="M-60 -10a62 62 0 0 1 62-62v62z" fill="$m"/><path d="M-66 -2h118c0 34-22 44-52'
    ' 44s-66-10-66-44z"'
    ' fill="$d"/><path d="M50 -2l24-52h16" fill="none" stroke="$d" stroke-width="10" stroke-linecap="round"/><circle'
    ' cx="-34" cy="62" r="15" fill="$d"/><circle cx="26" cy="62" r="15" fill="$d"/>',
}
