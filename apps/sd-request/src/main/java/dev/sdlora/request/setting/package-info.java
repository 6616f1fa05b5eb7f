/**
 * Settings as fields and as options of A1111, made from the rows of {@code dev.sdlora.api.setting}.
 */
@NullMarked
package dev.sdlora.request.setting;

import org.jspecify.annotations.NullMarked;
