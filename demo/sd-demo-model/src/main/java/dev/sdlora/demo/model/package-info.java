/** The bundled demo model, for a first image without a download. */
@NullMarked
package dev.sdlora.demo.model;

import org.jspecify.annotations.NullMarked;
