/**
 * The keys of the text in images. The row of a setting in {@code api.setting} has its key, value
 * and range; {@link dev.sdlora.infotext.key.InfotextKeys} has the order of all keys, and what A1111
 * does otherwise than the rows say. {@link dev.sdlora.infotext.key.ImageSettings} is what is
 * written.
 */
@NullMarked
package dev.sdlora.infotext.key;

import org.jspecify.annotations.NullMarked;
