/**
 * Requests as JSON, under the names of A1111's API: read as specs of the library, and written.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>A field of a request as JSON, over HTTP and in manifests: {@code request}: {@code
 *       DrawingReader}, {@code StartPictures}, {@code ControlUnits}; its name, {@code KnownFields},
 *       in {@code sdapi/openapi.json} of the server and, if manifests have another, in {@code
 *       batch.RequestKeys}; an option of A1111, one line of {@code request.Options}.
 *   <li>Images that requests name, how many uploads are kept: {@code request.References}, {@code
 *       server.reference}; one more kind of reference is a {@code ImageLookup} in {@code
 *       SdServer}.
 * </ul>
 */
@NullMarked
package dev.sdlora.request;

import org.jspecify.annotations.NullMarked;
