/** What a request can name: checkpoints, networks, styles and images of the server. */
@NullMarked
package dev.sdlora.request.context;

import org.jspecify.annotations.NullMarked;
