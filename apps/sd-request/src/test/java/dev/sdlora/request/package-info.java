/** Tests of requests as fields. */
@NullMarked
package dev.sdlora.request;

import org.jspecify.annotations.NullMarked;
