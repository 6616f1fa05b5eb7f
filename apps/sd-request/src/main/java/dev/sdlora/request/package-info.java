/**
 * Requests as JSON with the field names of A1111's API: reading and writing specs of the library.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>A setting that A1111 does not have: nothing; its row in {@code dev.sdlora.api.setting}
 *       makes the field, or says why there is none. One that has other values in JSON than its row:
 *       {@code setting.OwnSettings}.
 *   <li>A field of A1111, over HTTP and in manifests: {@code DrawingReader}, {@code
 *       ImageToImageFields}, {@code ControlUnits} or {@code DetailPassFields} in {@code request};
 *       its name in {@code setting.OwnSettings}, its type in {@code sdapi/openapi.json} of the
 *       server and, if manifests use another name, in {@code batch.RequestKeys}; an option of
 *       A1111: one line of {@code request.setting.Options}.
 *   <li>JSON schemas of fields, for OpenAPI, tools and the studio: {@code
 *       request.setting.FieldSchemas}.
 *   <li>The complete form of a request, which is kept and sent between servers: {@code
 *       request.SpecJson}, which follows the rows of {@code dev.sdlora.api.setting}.
 *   <li>References to images and the number of uploads to keep: {@code request.image.References},
 *       {@code server.reference}; a new kind of reference is an {@code ImageLookup} in {@code
 *       SdServer}.
 * </ul>
 */
@NullMarked
package dev.sdlora.request;

import org.jspecify.annotations.NullMarked;
