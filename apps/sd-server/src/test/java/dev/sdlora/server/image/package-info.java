/** Tests of the settings in images. */
@NullMarked
package dev.sdlora.server.image;

import org.jspecify.annotations.NullMarked;
