/**
 * Helpers shared by all modules: validation of settings, number formats, similar names and image
 * decoding. Not part of the public API: only this project's modules can access this package.
 */
@NullMarked
package dev.sdlora.api.value;

import org.jspecify.annotations.NullMarked;
