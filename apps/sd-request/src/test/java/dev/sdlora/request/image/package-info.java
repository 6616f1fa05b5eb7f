/** Tests of requests as fields. */
@NullMarked
package dev.sdlora.request.image;

import org.jspecify.annotations.NullMarked;
