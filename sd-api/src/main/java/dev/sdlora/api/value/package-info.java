/**
 * How settings are checked, numbers written, similar names found and images opened, the same in all
 * modules. No part of the API: only sister modules see this package.
 */
@NullMarked
package dev.sdlora.api.value;

import org.jspecify.annotations.NullMarked;
