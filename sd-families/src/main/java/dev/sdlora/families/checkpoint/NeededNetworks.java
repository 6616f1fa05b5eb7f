package dev.sdlora.families.checkpoint;

import dev.sdlora.api.CheckpointParts;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.sd.EncoderPlace;
import dev.sdlora.families.sd.SingleFileFamily;
import dev.sdlora.tensors.file.TensorFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Checks that a single file has the required networks, counting those given separately. */
final class NeededNetworks {
  private final TensorFile file;
  private final Set<String> names;
  private final List<Missing> missing = new ArrayList<>();

  private NeededNetworks(TensorFile file) {
    this.file = file;
    this.names = file.tensors().keySet();
  }

  /**
   * A missing network.
   *
   * @param prefix the prefix of its tensors
   * @param option the options that supply it, in the API and on the command line
   */
  private record Missing(String network, String prefix, String option) {}

  /**
   * Checks that a file has all networks of a checkpoint, except for those that are supplied
   * separately, and returns its family.
   *
   * @param parts the text encoders supplied separately
   * @param withVae whether the file must have a VAE
   * @throws CheckpointException if a network is missing; the message says what the file seems to be
   */
  static SingleFileFamily require(TensorFile file, CheckpointParts parts, boolean withVae) {
    FileKind.refuseOthers(file);
    return new NeededNetworks(file).require(parts, withVae);
  }

  private SingleFileFamily require(CheckpointParts parts, boolean withVae) {
    boolean unet = has(LdmNames.UNET) || SeparateNetworks.isUNet(names);
    boolean vae = hasVae(file);
    Optional<SingleFileFamily> recorded = SingleFileFamily.of(names);
    if (!unet && !vae && recorded.isEmpty()) {
      throw new CheckpointException(
          "'%s' is not a Stable Diffusion checkpoint: none of its %s tensors begins with '%s'; the"
                  .formatted(file.path(), names.size(), LdmNames.UNET)
              + " first is "
              + names.stream().findFirst().map(name -> "'" + name + "'").orElse("missing"),
          ErrorDetails.in(file.path()));
    }
    if (!unet) {
      throw new CheckpointException(
          "checkpoint '%s' has no U-Net: no tensor begins with '%s'"
              .formatted(file.path(), LdmNames.UNET),
          ErrorDetails.in(file.path()));
    }
    SingleFileFamily family =
        recorded.orElseGet(
            () -> SingleFileFamily.ofUNet(file, SeparateNetworks.hasDiffusersUNet(names)));
    if (withVae && !vae) {
      missing.add(new Missing("VAE", LdmNames.VAE, "vae, --vae"));
    }
    List<EncoderPlace> encoders = family.encoders();
    for (int i = 0; i < encoders.size(); i++) {
      if (!has(encoders.get(i).prefix()) && SeparateNetworks.textEncoder(parts, i).isEmpty()) {
        String which = encoders.size() == 1 ? "" : i == 0 ? "first " : "second ";
        String option = i == 0 ? "textEncoder, --text-encoder" : "textEncoder2, --text-encoder-2";
        missing.add(new Missing(which + "text encoder", encoders.get(i).prefix(), option));
      }
    }
    refuseMissing(family);
    return family;
  }

  private void refuseMissing(SingleFileFamily family) {
    if (!missing.isEmpty()) {
      throw new CheckpointException(
          "checkpoint '%s' has no %s, which %s needs: no tensor begins with '%s'; name a file that has %s (%s)"
              .formatted(
                  file.path(),
                  String.join(" and no ", missing.stream().map(Missing::network).toList()),
                  family.family().label(),
                  String.join("' or '", missing.stream().map(Missing::prefix).toList()),
                  missing.size() == 1 ? "it" : "them",
                  String.join("; ", missing.stream().map(Missing::option).toList())),
          ErrorDetails.in(file.path()));
    }
  }

  /** Whether a file has a VAE along with other networks. */
  static boolean hasVae(TensorFile file) {
    return file.tensors().keySet().stream().anyMatch(name -> name.startsWith(LdmNames.VAE));
  }

  private boolean has(String prefix) {
    return names.stream().anyMatch(name -> name.startsWith(prefix));
  }
}
