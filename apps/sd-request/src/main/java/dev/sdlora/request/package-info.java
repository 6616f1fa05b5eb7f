/** Requests as JSON, under the names of A1111's API: read as specs of the library, and written. */
@NullMarked
package dev.sdlora.request;

import org.jspecify.annotations.NullMarked;
