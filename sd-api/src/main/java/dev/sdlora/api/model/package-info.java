/** What a checkpoint file is: family, prediction type, number format, and how far two are apart. */
@NullMarked
package dev.sdlora.api.model;

import org.jspecify.annotations.NullMarked;
