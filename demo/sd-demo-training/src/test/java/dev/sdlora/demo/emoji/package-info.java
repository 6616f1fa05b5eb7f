/** Tests of scenes of drawings, on a small set of drawings. */
@NullMarked
package dev.sdlora.demo.emoji;

import org.jspecify.annotations.NullMarked;
