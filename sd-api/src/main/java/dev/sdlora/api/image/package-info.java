/** Images that a request starts from, masks, ControlNet units, hires fix and upscaling. */
@NullMarked
package dev.sdlora.api.image;

import org.jspecify.annotations.NullMarked;
