# '2D Ising model: transition at T_c = 2.271(9)'
# To draw the figure again, run gnuplot on this file in this folder.
reset
if (!exists('data')) data = 'discovery.dat'
if (!exists('output')) output = 'discovery'
if (!exists('kind')) kind = 'svg'
if (kind eq 'svg') set terminal svg size 1000,784 noenhanced font 'DejaVu Sans,11' fontscale 1.2 background rgb 'white'
if (kind eq 'png') set terminal pngcairo size 2000,1568 noenhanced font 'DejaVu Sans,11' fontscale 1.8 linewidth 2 pointscale 2 background rgb 'white'
set output output.'.'.kind
set encoding utf8
set border 3 lc rgb '#444444'
set tics nomirror out scale 0.6 textcolor rgb '#222222'
set grid lc rgb '#E4E4E4' lt 1 lw 0.6
set clip one
set clip two
set samples 2
unset key
set multiplot
set label 1 '2D Ising model: transition at T_c = 2.271(9)' at screen 0.5, screen 0.9719 center font 'DejaVu Sans:Bold,15'

# Panel 1: 'Mean prediction'
set lmargin at screen 0.0740
set rmargin at screen 0.4780
set bmargin at screen 0.5459
set tmargin at screen 0.9005
set label 2 'Mean prediction' at graph 0, graph 1 left offset 0, 0.9 font 'DejaVu Sans:Bold,11.0'
set ylabel 'predicted temperature' offset 0.3, 0
set xrange [1.455:3.045]
set yrange [1.5782901205879625:3.082920250470927]
unset logscale x
unset logscale y
set label 3 'temperature' at screen 0.2760, screen 0.4962 center
set xtics norotate center autofreq font 'DejaVu Sans,11'
set grid xtics
set ytics autofreq
set object 1 rectangle from 2.2925, graph 0 to 2.3325, graph 1 behind fillcolor rgb '#0072B2' fillstyle solid 0.18 noborder
set arrow 1 from 2.3125, graph 0 to 2.3125, graph 1 nohead back lc rgb '#0072B2' lw 1 dashtype 1
set object 2 rectangle from 2.26125, graph 0 to 2.30125, graph 1 behind fillcolor rgb '#D55E00' fillstyle solid 0.18 noborder
set arrow 2 from 2.28125, graph 0 to 2.28125, graph 1 nohead back lc rgb '#D55E00' lw 1 dashtype 1
set object 3 rectangle from 2.245625, graph 0 to 2.285625, graph 1 behind fillcolor rgb '#009E73' fillstyle solid 0.18 noborder
set arrow 3 from 2.265625, graph 0 to 2.265625, graph 1 nohead back lc rgb '#009E73' lw 1 dashtype 1
set arrow 4 from 2.269, graph 0 to 2.269, graph 1 nohead back lc rgb '#555555' lw 1 dashtype (7, 6)
set object 100 rectangle from screen 0.0800, screen 0.6735 to screen 0.2248, screen 0.8954 front fillcolor rgb 'white' fillstyle solid 0.9 noborder
set label 600 '' at screen 0.0990, screen 0.8820 front point lc rgb '#0072B2' pt 7 ps 0.6
set label 100 'L = 16' at screen 0.1220, screen 0.8820 left front font 'DejaVu Sans,10'
set arrow 101 from screen 0.0840, screen 0.8603 to screen 0.1140, screen 0.8603 nohead front lc rgb '#0072B2' lw 1.6 dashtype (14, 7)
set label 101 'exact, L = 16' at screen 0.1220, screen 0.8603 left front font 'DejaVu Sans,10'
set label 602 '' at screen 0.0990, screen 0.8386 front point lc rgb '#D55E00' pt 5 ps 0.6
set label 102 'L = 32' at screen 0.1220, screen 0.8386 left front font 'DejaVu Sans,10'
set arrow 103 from screen 0.0840, screen 0.8170 to screen 0.1140, screen 0.8170 nohead front lc rgb '#D55E00' lw 1.6 dashtype (14, 7)
set label 103 'exact, L = 32' at screen 0.1220, screen 0.8170 left front font 'DejaVu Sans,10'
set label 604 '' at screen 0.0990, screen 0.7953 front point lc rgb '#009E73' pt 9 ps 0.6
set label 104 'L = 64' at screen 0.1220, screen 0.7953 left front font 'DejaVu Sans,10'
set arrow 105 from screen 0.0840, screen 0.7736 to screen 0.1140, screen 0.7736 nohead front lc rgb '#009E73' lw 1.6 dashtype (14, 7)
set label 105 'exact, L = 64' at screen 0.1220, screen 0.7736 left front font 'DejaVu Sans,10'
set object 107 rectangle from screen 0.0840, screen 0.7455 to screen 0.1140, screen 0.7583 front fillcolor rgb '#0072B2' fillstyle solid 0.18 noborder
set arrow 106 from screen 0.0840, screen 0.7519 to screen 0.1140, screen 0.7519 nohead front lc rgb '#0072B2' lw 1.0 dashtype 1
set label 106 'T* for L = 16' at screen 0.1220, screen 0.7519 left front font 'DejaVu Sans,10'
set object 108 rectangle from screen 0.0840, screen 0.7239 to screen 0.1140, screen 0.7366 front fillcolor rgb '#D55E00' fillstyle solid 0.18 noborder
set arrow 107 from screen 0.0840, screen 0.7302 to screen 0.1140, screen 0.7302 nohead front lc rgb '#D55E00' lw 1.0 dashtype 1
set label 107 'T* for L = 32' at screen 0.1220, screen 0.7302 left front font 'DejaVu Sans,10'
set object 109 rectangle from screen 0.0840, screen 0.7022 to screen 0.1140, screen 0.7149 front fillcolor rgb '#009E73' fillstyle solid 0.18 noborder
set arrow 108 from screen 0.0840, screen 0.7085 to screen 0.1140, screen 0.7085 nohead front lc rgb '#009E73' lw 1.0 dashtype 1
set label 108 'T* for L = 64' at screen 0.1220, screen 0.7085 left front font 'DejaVu Sans,10'
set arrow 109 from screen 0.0840, screen 0.6869 to screen 0.1140, screen 0.6869 nohead front lc rgb '#555555' lw 1.0 dashtype (7, 6)
set label 109 'exact T_c' at screen 0.1220, screen 0.6869 left front font 'DejaVu Sans,10'
plot \
  data index 0 using 1:($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#0072B2' lw 1, \
  data index 0 using 1:2 with points lc rgb '#0072B2' lw 1 pt 7 ps 0.6, \
  data index 1 using 1:2 with lines lc rgb '#0072B2' lw 1.6 dashtype (14, 7), \
  data index 2 using 1:($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#D55E00' lw 1, \
  data index 2 using 1:2 with points lc rgb '#D55E00' lw 1 pt 5 ps 0.6, \
  data index 3 using 1:2 with lines lc rgb '#D55E00' lw 1.6 dashtype (14, 7), \
  data index 4 using 1:($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#009E73' lw 1, \
  data index 4 using 1:2 with points lc rgb '#009E73' lw 1 pt 9 ps 0.6, \
  data index 5 using 1:2 with lines lc rgb '#009E73' lw 1.6 dashtype (14, 7)
unset object
unset arrow
unset label

# Panel 2: 'Slope'
set lmargin at screen 0.5740
set rmargin at screen 0.9780
set bmargin at screen 0.5459
set tmargin at screen 0.9005
set label 2 'Slope' at graph 0, graph 1 left offset 0, 0.9 font 'DejaVu Sans:Bold,11.0'
set ylabel 'd⟨T⟩/dT' offset 0.3, 0
set xrange [1.455:3.045]
set yrange [0.16203278688524592:1.5506124590163934]
unset logscale x
unset logscale y
set label 3 'temperature' at screen 0.7760, screen 0.4962 center
set xtics norotate center autofreq font 'DejaVu Sans,11'
set grid xtics
set ytics autofreq
set object 1 rectangle from 2.2925, graph 0 to 2.3325, graph 1 behind fillcolor rgb '#0072B2' fillstyle solid 0.18 noborder
set arrow 1 from 2.3125, graph 0 to 2.3125, graph 1 nohead back lc rgb '#0072B2' lw 1 dashtype 1
set object 2 rectangle from 2.26125, graph 0 to 2.30125, graph 1 behind fillcolor rgb '#D55E00' fillstyle solid 0.18 noborder
set arrow 2 from 2.28125, graph 0 to 2.28125, graph 1 nohead back lc rgb '#D55E00' lw 1 dashtype 1
set object 3 rectangle from 2.245625, graph 0 to 2.285625, graph 1 behind fillcolor rgb '#009E73' fillstyle solid 0.18 noborder
set arrow 3 from 2.265625, graph 0 to 2.265625, graph 1 nohead back lc rgb '#009E73' lw 1 dashtype 1
set object 100 rectangle from screen 0.8272, screen 0.7602 to screen 0.9720, screen 0.8954 front fillcolor rgb 'white' fillstyle solid 0.9 noborder
set arrow 100 from screen 0.8312, screen 0.8820 to screen 0.8612, screen 0.8820 nohead front lc rgb '#0072B2' lw 1.6 dashtype 1
set label 600 '' at screen 0.8462, screen 0.8820 front point lc rgb '#0072B2' pt 7 ps 0.6
set label 100 'L = 16' at screen 0.8692, screen 0.8820 left front font 'DejaVu Sans,10'
set arrow 101 from screen 0.8312, screen 0.8603 to screen 0.8612, screen 0.8603 nohead front lc rgb '#D55E00' lw 1.6 dashtype 1
set label 601 '' at screen 0.8462, screen 0.8603 front point lc rgb '#D55E00' pt 5 ps 0.6
set label 101 'L = 32' at screen 0.8692, screen 0.8603 left front font 'DejaVu Sans,10'
set arrow 102 from screen 0.8312, screen 0.8386 to screen 0.8612, screen 0.8386 nohead front lc rgb '#009E73' lw 1.6 dashtype 1
set label 602 '' at screen 0.8462, screen 0.8386 front point lc rgb '#009E73' pt 9 ps 0.6
set label 102 'L = 64' at screen 0.8692, screen 0.8386 left front font 'DejaVu Sans,10'
set object 104 rectangle from screen 0.8312, screen 0.8106 to screen 0.8612, screen 0.8233 front fillcolor rgb '#0072B2' fillstyle solid 0.18 noborder
set arrow 103 from screen 0.8312, screen 0.8170 to screen 0.8612, screen 0.8170 nohead front lc rgb '#0072B2' lw 1.0 dashtype 1
set label 103 'T* for L = 16' at screen 0.8692, screen 0.8170 left front font 'DejaVu Sans,10'
set object 105 rectangle from screen 0.8312, screen 0.7889 to screen 0.8612, screen 0.8017 front fillcolor rgb '#D55E00' fillstyle solid 0.18 noborder
set arrow 104 from screen 0.8312, screen 0.7953 to screen 0.8612, screen 0.7953 nohead front lc rgb '#D55E00' lw 1.0 dashtype 1
set label 104 'T* for L = 32' at screen 0.8692, screen 0.7953 left front font 'DejaVu Sans,10'
set object 106 rectangle from screen 0.8312, screen 0.7672 to screen 0.8612, screen 0.7800 front fillcolor rgb '#009E73' fillstyle solid 0.18 noborder
set arrow 105 from screen 0.8312, screen 0.7736 to screen 0.8612, screen 0.7736 nohead front lc rgb '#009E73' lw 1.0 dashtype 1
set label 105 'T* for L = 64' at screen 0.8692, screen 0.7736 left front font 'DejaVu Sans,10'
plot \
  data index 6 using 1:($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#0072B2' lw 1, \
  data index 6 using 1:2 with linespoints lc rgb '#0072B2' lw 1.2 pt 7 ps 0.6, \
  data index 7 using 1:($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#D55E00' lw 1, \
  data index 7 using 1:2 with linespoints lc rgb '#D55E00' lw 1.2 pt 5 ps 0.6, \
  data index 8 using 1:($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#009E73' lw 1, \
  data index 8 using 1:2 with linespoints lc rgb '#009E73' lw 1.2 pt 9 ps 0.6
unset object
unset arrow
unset label

# Panel 3: 'Importance'
set lmargin at screen 0.0740
set rmargin at screen 0.4780
set bmargin at screen 0.0740
set tmargin at screen 0.4286
set label 2 'Importance' at graph 0, graph 1 left offset 0, 0.9 font 'DejaVu Sans:Bold,11.0'
set ylabel 'loss of R²' offset 0.3, 0
set xrange [-0.6:7.6]
set yrange [0:0.6890000000000001]
unset logscale x
unset logscale y
set label 3 'window' at screen 0.2760, screen 0.0242 center
set xtics norotate center ('1x1' 0, '1x2' 1, '2x1' 2, '2x2' 3, '1x2 d2' 4, '2x1 d2' 5, '1x3' 6, '3x3' 7) font 'DejaVu Sans,10'
set grid noxtics
set ytics autofreq
plot \
  data index 9 using ($1 + 0):2:(0.8) with boxes lc rgb '#0072B2' fillstyle solid 0.75 noborder, \
  data index 9 using ($1 + 0):($2 - $3):(0):($2 + $3 - ($2 - $3)) with vectors heads size graph 0.006, 90 nofilled lc rgb '#222222' lw 1
unset object
unset arrow
unset label
unset multiplot
set output
if (kind eq 'svg') kind = 'png'; reread
