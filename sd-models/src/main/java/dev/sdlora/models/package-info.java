/**
 * Checkpoints and LoRAs from Hugging Face, Civitai and other addresses.
 *
 * <p>Where to change what:
 *
 * <ul>
 *   <li>How files are gotten: forms of references; redirects, tokens, retries; resuming, what is
 *       refused: {@code models.Reference}; {@code Web}; {@code Downloads}.
 *   <li>Which files of a diffusers folder are gotten; what refusals of sites mean; notes beside
 *       files of Civitai: {@code models.DiffusersFiles}; {@code HubErrors}, {@code
 *       Civitai.refusal}; {@code CivitaiNotes}.
 * </ul>
 */
@NullMarked
package dev.sdlora.models;

import org.jspecify.annotations.NullMarked;
