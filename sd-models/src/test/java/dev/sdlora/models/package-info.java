/** Tests of downloads, against local sites. */
@NullMarked
package dev.sdlora.models;

import org.jspecify.annotations.NullMarked;
