/** HTML pages with charts and images inside them. */
@NullMarked
package dev.sdlora.training.report;

import org.jspecify.annotations.NullMarked;
