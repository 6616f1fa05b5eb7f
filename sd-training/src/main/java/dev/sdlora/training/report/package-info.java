/**
 * Charts as images ({@code BarChart}, {@code LossPlot}), SVG and HTML, and pages that hold them.
 */
@NullMarked
package dev.sdlora.training.report;

import org.jspecify.annotations.NullMarked;
