/**
 * How settings are checked, numbers written and similar names found, the same in all modules. No
 * part of the API: only sister modules see this package.
 */
@NullMarked
package dev.sdlora.api.value;

import org.jspecify.annotations.NullMarked;
