/**
 * Draws the 示意 pictures that stand for photographs in the demo cases (no real place or person is shown).
 *
 * Usage: node build-photos.ts
 */
import { join } from 'node:path'
import sharp from 'sharp'

type Shape = string
const rect = (x: number, y: number, w: number, h: number, fill: string, more = ''): Shape =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" fill="${fill}" ${more}/>`
const path = (d: string, fill: string, more = ''): Shape => `<path d="${d}" fill="${fill}" ${more}/>`
const line = (d: string, stroke: string, width: number, more = ''): Shape =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`
const ellipse = (cx: number, cy: number, rx: number, ry: number, fill: string, more = ''): Shape =>
  `<ellipse cx="${cx}" cy="${cy}" rx="${rx}" ry="${ry}" fill="${fill}" ${more}/>`
const at = (x: number, y: number, scale: number, inner: Shape): Shape =>
  `<g transform="translate(${x} ${y}) scale(${scale})">${inner}</g>`
/** A small repeatable number in [0, 1): scenes look irregular, yet a rebuild gives the same picture. */
const noise = (n: number) => {
  const value = Math.sin(n * 127.1) * 43758.5453
  return value - Math.floor(value)
}
const many = (count: number, draw: (i: number) => Shape) => Array.from({ length: count }, (_, i) => draw(i)).join('')

const gradient = (id: string, from: string, to: string) =>
  `<linearGradient id="${id}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient>`
const DEFS = `<defs>${gradient('sky', '#b9d3e6', '#e9f0f2')}${gradient('night', '#18243a', '#2f3d55')}${gradient('road', '#8d9196', '#6f7479')}${gradient('wall', '#e4e0d6', '#cfc9bb')}${gradient('water', '#8fb4bd', '#5f8892')}${gradient('floor', '#c3c0b8', '#a5a29a')}<radialGradient id="glow"><stop offset="0" stop-color="#ffe9b0" stop-opacity=".95"/><stop offset="1" stop-color="#ffe9b0" stop-opacity="0"/></radialGradient><filter id="soft"><feGaussianBlur stdDeviation="9"/></filter></defs>`

const bike = (color: string): Shape =>
  ellipse(40, 168, 150, 12, '#000', 'opacity=".16"') +
  `<circle cx="-40" cy="125" r="40" fill="none" stroke="#2b3036" stroke-width="13"/><circle cx="125" cy="125" r="40" fill="none" stroke="#2b3036" stroke-width="13"/>` +
  path(
    'M-30 92 Q0 70 40 100 L72 100 Q92 100 98 66 L112 8 L128 12 L136 98 Q138 122 108 124 L30 124 Q-6 122 -30 92Z',
    color,
  ) +
  path('M-52 66 Q-20 50 34 62 L36 78 Q-12 82 -50 78Z', '#2b3036') +
  line('M96 6 L134 -10 M112 8 L118 -22', '#2b3036', 9) +
  ellipse(133, 30, 9, 13, '#f4edcf') +
  rect(-64, 34, 46, 32, '#3c434b', 'rx="5"')

const tree = (x: number, y: number, s: number): Shape =>
  at(
    x,
    y,
    s,
    rect(-9, -90, 18, 96, '#7a644c') +
      ellipse(0, -140, 78, 66, '#6f9268') +
      ellipse(-36, -118, 46, 40, '#638560') +
      ellipse(34, -160, 48, 42, '#83a478'),
  )

const building = (x: number, y: number, w: number, h: number, wall: string, floors: number, columns: number): Shape =>
  rect(x, y, w, h, wall) +
  many(floors * columns, (i) => {
    const cw = w / columns
    const fh = h / floors
    const wx = x + (i % columns) * cw + cw * 0.22
    const wy = y + Math.floor(i / columns) * fh + fh * 0.22
    return (
      rect(wx, wy, cw * 0.56, fh * 0.5, noise(i + x) > 0.7 ? '#dfe6e4' : '#9fb3bd') +
      rect(wx, wy + fh * 0.5, cw * 0.56, 5, '#b5ac9b')
    )
  })

const street = (): Shape =>
  rect(0, 0, 1200, 520, 'url(#sky)') +
  building(-40, 130, 380, 350, '#d9cfbd', 5, 5) +
  building(380, 190, 330, 290, '#cfd5d4', 4, 4) +
  building(760, 90, 480, 390, '#dcd4c8', 5, 6) +
  rect(0, 470, 1200, 90, '#c7c2b7') +
  many(16, (i) => line(`M${i * 80} 470 L${i * 92 - 90} 560`, '#b4afa3', 3)) +
  rect(0, 556, 1200, 14, '#a19c92') +
  rect(0, 570, 1200, 330, 'url(#road)')

const bags = (x: number, y: number, count: number): Shape =>
  many(count, (i) => {
    const bx = x + (i % 5) * 62 + noise(i) * 30
    const by = y + Math.floor(i / 5) * 40 + noise(i + 9) * 22
    const color = ['#3d4248', '#e6e6e0', '#4d7c86', '#c96f5b', '#3d4248'][i % 5]!
    return (
      path(
        `M${bx - 44} ${by} Q${bx - 52} ${by - 56} ${bx - 8} ${by - 74} L${bx - 14} ${by - 92} L${bx + 14} ${by - 92} L${bx + 8} ${by - 74} Q${bx + 54} ${by - 54} ${bx + 46} ${by}Z`,
        color,
      ) + line(`M${bx - 22} ${by - 14} Q${bx - 26} ${by - 46} ${bx - 6} ${by - 60}`, '#ffffff', 4, 'opacity=".25"')
    )
  })

const SCENES: Record<string, Shape> = {
  // A charging cable that comes out of a door and hangs down the stairwell to an e-bike.
  cable:
    rect(0, 0, 1200, 900, 'url(#wall)') +
    path('M0 900 L0 690 L1200 690 L1200 900Z', 'url(#floor)') +
    rect(0, 470, 1200, 10, '#9fb2a8') +
    rect(0, 480, 1200, 210, '#b9c7bd') +
    rect(130, 150, 270, 540, '#7c5a43') +
    rect(152, 172, 226, 518, '#8d6a50') +
    rect(176, 200, 178, 190, '#7f5d45', 'rx="4"') +
    rect(176, 430, 178, 210, '#7f5d45', 'rx="4"') +
    ellipse(360, 430, 9, 14, '#d8c48d') +
    rect(186, 100, 158, 40, '#a8382f', 'rx="3"') +
    many(6, (i) => rect(900 - i * 20, 640 - i * 66, 340, 66, i % 2 ? '#bab6ad' : '#aaa69d')) +
    line('M860 690 L760 230', '#5c6f66', 12) +
    many(6, (i) => line(`M${880 + 24 - i * 20} ${640 - i * 66} L${880 + 24 - i * 20} ${480 - i * 66}`, '#5c6f66', 7)) +
    line('M396 640 Q440 700 470 760 Q500 840 590 830 Q690 815 678 742', '#e26d2c', 9) +
    rect(368, 600, 34, 54, '#f1efe8', 'rx="5"') +
    at(640, 540, 1.9, bike('#b7443c')) +
    rect(644, 706, 66, 36, '#f1efe8', 'rx="5"') +
    rect(980, 120, 130, 170, '#f5f1e4') +
    many(5, (i) => rect(996, 146 + i * 26, 98 - (i % 2) * 24, 8, '#b8b2a4')),

  // A refuse bin that overflows onto the pavement.
  bin:
    street() +
    tree(120, 560, 1.3) +
    ellipse(600, 770, 420, 34, '#000', 'opacity=".14"') +
    rect(420, 470, 170, 270, '#3f7f5c', 'rx="12"') +
    rect(610, 470, 170, 270, '#4a5f78', 'rx="12"') +
    path('M405 470 L600 470 L586 436 L420 436Z', '#356d4e') +
    path('M600 456 L800 420 L794 392 L604 424Z', '#3f5168') +
    rect(455, 560, 100, 60, '#e8efe9', 'rx="6"') +
    rect(645, 560, 100, 60, '#e8edf2', 'rx="6"') +
    at(0, 0, 1, bags(470, 460, 4)) +
    bags(360, 780, 10) +
    bags(720, 770, 5) +
    many(22, (i) =>
      rect(
        280 + noise(i) * 640,
        770 + noise(i + 40) * 80,
        20 + noise(i + 3) * 26,
        8 + noise(i + 7) * 14,
        ['#d7cbb0', '#c5d4d2', '#d99', '#eee'][i % 4]!,
        `transform="rotate(${noise(i) * 60 - 30} ${300 + noise(i) * 640} 800)"`,
      ),
    ),

  // A dark street with one lamp that fails.
  lamp:
    rect(0, 0, 1200, 900, 'url(#night)') +
    building(-20, 250, 330, 330, '#2a3548', 5, 4) +
    building(840, 210, 400, 370, '#273246', 5, 5) +
    rect(0, 580, 1200, 320, '#2b3036') +
    path('M480 580 L720 580 L980 900 L220 900Z', '#3a4047') +
    line('M600 600 L600 900', '#7d8489', 8, 'stroke-dasharray="40 36"') +
    ellipse(1010, 330, 190, 150, 'url(#glow)') +
    line('M1010 740 L1010 330 Q1008 296 960 298', '#6a737d', 14) +
    ellipse(952, 306, 34, 14, '#ffe9b0') +
    path('M860 740 L930 320 L980 320 L1080 740Z', '#ffe9b0', 'opacity=".13"') +
    line('M330 860 L330 300 Q334 256 392 258', '#4c545e', 18) +
    ellipse(402, 266, 42, 17, '#3b4350') +
    line('M520 690 L520 430 Q522 404 556 406', '#4c545e', 9) +
    ellipse(562, 410, 22, 9, '#3b4350') +
    many(18, (i) => ellipse(120 + noise(i) * 960, 640 + noise(i + 5) * 220, 3, 2, '#59616b')),

  // A blocked inspection chamber with sewage around it.
  drain:
    rect(0, 0, 1200, 900, '#b8b4aa') +
    many(48, (i) =>
      rect(
        (i % 8) * 150 + (Math.floor(i / 8) % 2) * 75 - 75,
        Math.floor(i / 8) * 150,
        146,
        146,
        noise(i) > 0.5 ? '#c1bdb3' : '#b1ada3',
        'rx="3"',
      ),
    ) +
    path(
      'M180 560 Q230 380 470 350 Q760 300 960 430 Q1090 520 980 660 Q820 800 520 780 Q220 760 180 560Z',
      '#6d6a55',
      'opacity=".85"',
    ) +
    path(
      'M250 560 Q310 420 500 398 Q740 366 890 460 Q970 540 900 630 Q760 730 530 716 Q300 700 250 560Z',
      '#5b5946',
      'opacity=".8"',
    ) +
    ellipse(590, 556, 176, 122, '#3c3f42') +
    ellipse(590, 548, 158, 106, '#55595c') +
    many(7, (i) => rect(470 + i * 36, 470, 14, 156, '#3c3f42', 'rx="7"')) +
    many(26, (i) =>
      ellipse(
        340 + noise(i) * 520,
        440 + noise(i + 3) * 250,
        9 + noise(i) * 22,
        6 + noise(i) * 8,
        ['#8b8a73', '#a29a7a', '#4f6b52', '#cfc7ad'][i % 4]!,
        'opacity=".8"',
      ),
    ) +
    line('M430 640 Q520 690 640 660', '#8b8a73', 7, 'opacity=".7"'),

  // Potholes on a village road.
  pothole:
    rect(0, 0, 1200, 420, 'url(#sky)') +
    many(6, (i) => tree(80 + i * 220, 430, 0.9 + noise(i) * 0.4)) +
    rect(0, 420, 1200, 480, '#9bab7f') +
    path('M330 470 L870 470 L1400 900 L-200 900Z', 'url(#road)') +
    line('M600 480 L600 900', '#d8d3c3', 10, 'stroke-dasharray="60 50"') +
    many(5, (i) => {
      const cx = [440, 690, 520, 830, 350][i]!
      const cy = [640, 600, 780, 760, 830][i]!
      const s = 0.6 + i * 0.13
      return at(
        cx,
        cy,
        s,
        path('M-120 -6 Q-90 -44 -20 -46 Q70 -52 112 -18 Q132 14 84 40 Q10 58 -70 44 Q-136 28 -120 -6Z', '#4a4d50') +
          path('M-92 -4 Q-66 -30 -14 -32 Q54 -36 84 -12 Q98 10 62 26 Q0 38 -54 28 Q-102 18 -92 -4Z', '#7d8b90') +
          many(9, (k) => ellipse(-110 + noise(k + i) * 230, 40 + noise(k) * 26, 8, 5, '#8b8d8d')),
      )
    }) +
    many(30, (i) => ellipse(noise(i) * 1200, 500 + noise(i + 8) * 400, 4, 2, '#9ea2a3', 'opacity=".6"')),

  // E-bikes packed on a pavement or ramp.
  ebikes:
    rect(0, 0, 1200, 900, '#d7d2c6') +
    rect(0, 0, 1200, 430, 'url(#wall)') +
    building(0, 0, 1200, 400, '#d6cdbd', 3, 9) +
    rect(0, 400, 1200, 34, '#b4ab99') +
    rect(0, 600, 1200, 120, '#d9b93f') +
    many(20, (i) => rect(i * 60, 646, 34, 26, '#c7a833', 'rx="4"')) +
    many(5, (i) =>
      at(150 + i * 230, 400 + (i % 2) * 16, 0.95, bike(['#3f5f7f', '#a6433c', '#4c7357', '#c08a3e', '#6a5a78'][i]!)),
    ) +
    many(6, (i) =>
      at(
        60 + i * 212,
        600 + (i % 2) * 20,
        1.2,
        bike(['#4c7357', '#c08a3e', '#33425a', '#a6433c', '#6f7f86', '#3f5f7f'][i]!),
      ),
    ),

  // Standing water over a street.
  water:
    street() +
    tree(1050, 560, 1.2) +
    path(
      'M0 900 L0 640 Q180 600 420 626 Q700 596 900 632 Q1060 608 1200 630 L1200 900Z',
      'url(#water)',
      'opacity=".9"',
    ) +
    many(9, (i) =>
      line(`M${80 + noise(i) * 1000} ${690 + i * 22} q60 -12 120 0 t120 0`, '#d5e4e6', 4, 'opacity=".7"'),
    ) +
    at(560, 560, 1.1, bike('#3f5f7f')) +
    path('M520 700 Q610 672 740 700', 'none') +
    path('M470 690 Q620 660 790 690 L800 740 L460 740Z', 'url(#water)', 'opacity=".75"') +
    ellipse(250, 760, 86, 24, '#4e6f78', 'opacity=".6"') +
    many(8, (i) => line(`M${420 + i * 40} ${720 + noise(i) * 60} l20 -16`, '#cfe0e2', 4)),

  // A canal with a slick and drifting refuse.
  river:
    rect(0, 0, 1200, 330, 'url(#sky)') +
    many(5, (i) => tree(120 + i * 260, 330, 1)) +
    rect(0, 320, 1200, 60, '#b6b09f') +
    path('M0 380 L1200 380 L1200 900 L0 900Z', 'url(#water)') +
    path('M-20 620 Q260 520 560 560 Q760 580 800 700 Q640 800 320 770 Q40 740 -20 620Z', '#dde3d9', 'opacity=".75"') +
    path('M60 640 Q300 570 560 612 Q690 640 660 710 Q420 760 200 720 Q70 690 60 640Z', '#eef0e6', 'opacity=".6"') +
    many(16, (i) => ellipse(120 + noise(i) * 620, 580 + noise(i + 2) * 180, 26, 8, '#f6f7f2', 'opacity=".5"')) +
    many(7, (i) =>
      at(
        150 + noise(i) * 900,
        430 + noise(i + 5) * 300,
        1,
        ellipse(0, 0, 46, 12, ['#7fa26b', '#c9d1cc', '#d8b07a'][i % 3]!) +
          rect(-30, -12, 34, 16, '#cdd9df', 'rx="6" transform="rotate(-12)"'),
      ),
    ) +
    path('M880 380 L1200 380 L1200 620 Q1030 610 900 560Z', '#8b8577') +
    rect(940, 470, 120, 60, '#57534a', 'rx="8"') +
    path('M960 490 L1010 480 L1016 560 L966 566Z', '#dfe3da', 'opacity=".9"'),

  // A steel-frame shed going up on a roof.
  shed:
    rect(0, 0, 1200, 900, 'url(#sky)') +
    building(150, 430, 900, 380, '#dfd4c0', 3, 7) +
    rect(110, 410, 980, 26, '#b0a892') +
    many(2, (i) => rect(180 + i * 640, 700, 200, 110, '#9c9180')) +
    many(5, (i) => line(`M${230 + i * 180} 410 L${230 + i * 180} 190`, '#8d5a4c', 12)) +
    many(4, (i) => line(`M${230 + i * 180} 190 L${410 + i * 180} 190`, '#8d5a4c', 12)) +
    many(4, (i) =>
      line(`M${230 + i * 180} 300 L${410 + i * 180} 190 M${230 + i * 180} 190 L${410 + i * 180} 300`, '#8d5a4c', 5),
    ) +
    path('M210 190 L500 130 L700 130 L410 190Z', '#5c88ad', 'opacity=".95"') +
    many(7, (i) => line(`M${232 + i * 44} 186 L${520 + i * 29} 134`, '#4c7396', 4)) +
    rect(0, 810, 1200, 90, '#a6a094') +
    many(9, (i) => line(`M${720 + i * 30} ${410} L${700 + i * 30} 380`, '#6c6354', 6)) +
    at(60, 800, 1, rect(0, -60, 90, 60, '#c9b48f') + many(3, (i) => rect(i * 32, -80 + i * 6, 60, 16, '#b09a72'))),

  // A street tree heaved out of the pavement.
  tree:
    street() +
    at(0, 0, 1, rect(0, 540, 1200, 90, '#cbc5b8')) +
    path(
      'M520 620 Q560 520 700 500 Q900 470 980 540 L960 570 Q800 520 690 560 Q590 600 560 660 Q530 700 470 690 Q500 660 520 620Z',
      '#6f5a41',
    ) +
    line('M680 520 L520 240 M650 470 L740 300 M600 390 L500 330', '#6f5a41', 26) +
    ellipse(480, 250, 160, 110, '#708f61') +
    ellipse(680, 240, 140, 100, '#7ea06d') +
    ellipse(560, 160, 130, 90, '#8bac7a') +
    many(14, (i) =>
      line(
        `M${470 + noise(i) * 130} ${600 + noise(i + 4) * 70} l${-40 + noise(i) * 80} ${20 + noise(i) * 40}`,
        '#6f5a41',
        7,
      ),
    ) +
    path('M380 600 Q520 560 620 620 Q560 680 420 670Z', '#6b6152', 'opacity=".9"') +
    many(8, (i) =>
      rect(
        180 + i * 120,
        640,
        90,
        60,
        i % 2 ? '#beb8aa' : '#b0aa9c',
        `transform="rotate(${noise(i) * 14 - 7} ${220 + i * 120} 670)"`,
      ),
    ) +
    line('M300 690 L860 690', '#c9b43c', 6, 'stroke-dasharray="24 14"'),

  // Facing tiles that came off a gable.
  wall:
    rect(0, 0, 1200, 900, '#cfe0ea') +
    rect(130, -20, 940, 800, '#d9d2c4') +
    many(120, (i) =>
      rect(140 + (i % 15) * 62, Math.floor(i / 15) * 96, 58, 92, noise(i) > 0.2 ? '#e4ded1' : '#ddd6c8'),
    ) +
    path('M470 210 L700 190 L760 330 L690 430 L560 420 L480 360Z', '#b6ae9d') +
    path('M510 240 L660 226 L706 320 L640 392 L570 388 L510 350Z', '#a69e8c') +
    many(16, (i) =>
      rect(
        460 + noise(i) * 280,
        260 + noise(i + 6) * 170,
        22,
        34,
        '#ece6da',
        `transform="rotate(${noise(i) * 80} ${480 + noise(i) * 280} 300)"`,
      ),
    ) +
    rect(0, 780, 1200, 120, '#b7b1a4') +
    many(30, (i) =>
      rect(
        420 + noise(i) * 420,
        770 + noise(i + 4) * 90,
        14 + noise(i) * 26,
        10 + noise(i + 2) * 18,
        '#e4ded1',
        `transform="rotate(${noise(i) * 90} ${460 + noise(i) * 420} 810)"`,
      ),
    ) +
    at(
      300,
      720,
      1,
      path('M-90 60 Q-80 10 -20 4 L60 0 Q90 6 100 40 L100 62Z', '#8b97a0') +
        rect(-60, 8, 60, 24, '#c8d6de') +
        ellipse(-46, 66, 26, 26, '#33373b') +
        ellipse(62, 66, 26, 26, '#33373b'),
    ) +
    rect(150, 180, 18, 600, '#b0a899'),

  // A broken guard rail by the water.
  railing:
    rect(0, 0, 1200, 340, 'url(#sky)') +
    many(5, (i) => tree(90 + i * 270, 350, 0.8)) +
    rect(0, 330, 1200, 130, '#c3bdac') +
    path('M0 440 L1200 440 L1200 900 L0 900Z', 'url(#water)') +
    many(6, (i) => line(`M${100 + i * 210} 620 q40 -8 80 0 t80 0`, '#d3e1e3', 4, 'opacity=".6"')) +
    many(4, (i) => rect(60 + i * 110, 290, 20, 160, '#a99f92')) +
    rect(40, 300, 440, 18, '#bdb4a7') +
    rect(40, 360, 440, 14, '#bdb4a7') +
    many(3, (i) => rect(840 + i * 110, 290, 20, 160, '#a99f92')) +
    rect(830, 300, 320, 18, '#bdb4a7') +
    rect(830, 360, 320, 14, '#bdb4a7') +
    path('M480 318 L560 322 Q600 360 640 470 L616 474 Q580 380 552 350 L480 346Z', '#b0a799') +
    line('M500 452 Q640 420 830 452', '#c9a23a', 7, 'stroke-dasharray="22 12"') +
    path('M600 430 L640 470 L620 520 L586 500Z', '#9b9287'),

  // Bare earth at a building site in the wind.
  dust:
    rect(0, 0, 1200, 470, 'url(#sky)') +
    building(700, 60, 300, 320, '#cfc8ba', 5, 4) +
    rect(0, 455, 1200, 330, '#bda988') +
    rect(0, 400, 1200, 70, '#cdbfa6') +
    many(20, (i) => rect(i * 62, 360, 50, 100, i % 2 ? '#c9d2d2' : '#bfc9c9')) +
    rect(0, 352, 1200, 12, '#9fabab') +
    path('M160 760 Q260 470 460 500 Q600 380 820 480 Q1000 430 1080 660 L1110 780 L120 790Z', '#b58e5b') +
    path('M230 770 Q330 540 480 566 Q610 470 800 540 Q940 500 1010 690 L1030 780 L230 780Z', '#c9a26d') +
    many(9, (i) =>
      ellipse(300 + noise(i) * 640, 440 + noise(i + 3) * 190, 130, 44, '#d6bd96', 'opacity=".55" filter="url(#soft)"'),
    ) +
    rect(0, 780, 1200, 120, '#8d8470') +
    many(40, (i) => ellipse(noise(i) * 1200, 790 + noise(i + 6) * 100, 12 + noise(i + 1) * 20, 5, '#a3957a')),
}

for (const [name, scene] of Object.entries(SCENES)) {
  const label =
    '<g font-family="WenQuanYi Zen Hei, Noto Sans CJK SC, sans-serif"><rect x="1012" y="28" width="160" height="52" rx="8" fill="#17212e" opacity=".55"/><text x="1092" y="64" font-size="28" fill="#fff" text-anchor="middle">示意 · 演示</text></g>'
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="900" viewBox="0 0 1200 900">${DEFS}${scene}${label}</svg>`
  await sharp(Buffer.from(svg))
    .jpeg({ quality: 72, mozjpeg: true })
    .toFile(join(import.meta.dirname, 'photos', `${name}.jpg`))
}
