/** Tests of the conversion of prompts to U-Net inputs. */
@NullMarked
package dev.sdlora.families.conditioning;

import org.jspecify.annotations.NullMarked;
