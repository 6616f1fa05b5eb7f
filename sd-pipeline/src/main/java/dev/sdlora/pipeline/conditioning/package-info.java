/** From a prompt's text to what the U-Net reads of it. */
@NullMarked
package dev.sdlora.pipeline.conditioning;

import org.jspecify.annotations.NullMarked;
