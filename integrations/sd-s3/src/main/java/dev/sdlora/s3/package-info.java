/**
 * Results of the server, and models, in buckets of S3 and of servers that speak its protocol, by
 * the AWS SDK.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Addresses: {@code S3Results}. Time limits and the environment: {@code S3Clients}.
 *   <li>Sentences of errors: {@code S3Errors}.
 * </ul>
 */
@NullMarked
package dev.sdlora.s3;

import org.jspecify.annotations.NullMarked;
