/** JSON objects of clients: their fields, and errors that name one. */
@NullMarked
package dev.sdlora.request.json;

import org.jspecify.annotations.NullMarked;
