/** Images in fields: base64, references to images of the server, and their limits. */
@NullMarked
package dev.sdlora.request.image;

import org.jspecify.annotations.NullMarked;
