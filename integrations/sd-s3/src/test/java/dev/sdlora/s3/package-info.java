/** Tests with a real server of S3's protocol. */
@NullMarked
package dev.sdlora.s3;

import org.jspecify.annotations.NullMarked;
