/** Tests of guidance. */
@NullMarked
package dev.sdlora.families.denoise;

import org.jspecify.annotations.NullMarked;
