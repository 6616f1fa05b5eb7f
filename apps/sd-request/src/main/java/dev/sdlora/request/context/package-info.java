/** The files of the server that requests can name: checkpoints, networks, styles, images. */
@NullMarked
package dev.sdlora.request.context;

import org.jspecify.annotations.NullMarked;
