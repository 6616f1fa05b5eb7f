/** The interface for files in buckets, which the module sd-s3 implements. */
@NullMarked
package dev.sdlora.models.bucket;

import org.jspecify.annotations.NullMarked;
