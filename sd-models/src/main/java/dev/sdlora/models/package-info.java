/**
 * Downloads checkpoints and LoRAs from Hugging Face, Civitai and other addresses.
 *
 * <p>Where to make changes:
 *
 * <ul>
 *   <li>Downloads: forms of references: {@code models.Reference}; redirects, tokens, retries:
 *       {@code models.web.Web}; resuming, rejected content: {@code Downloads}.
 *   <li>The choice of files from a diffusers folder: {@code models.DiffusersFiles}; error responses
 *       of sites: {@code HubErrors}, {@code Civitai.refusal}; notes next to files from Civitai:
 *       {@code CivitaiNotes}.
 * </ul>
 */
@NullMarked
package dev.sdlora.models;

import org.jspecify.annotations.NullMarked;
