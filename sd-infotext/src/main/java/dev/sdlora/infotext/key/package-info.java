/**
 * The keys of the text in images. {@link dev.sdlora.infotext.key.InfotextKeys} has an entry for
 * each key with its writer and reader; {@link dev.sdlora.infotext.key.ImageSettings} is what is
 * written.
 */
@NullMarked
package dev.sdlora.infotext.key;

import org.jspecify.annotations.NullMarked;
