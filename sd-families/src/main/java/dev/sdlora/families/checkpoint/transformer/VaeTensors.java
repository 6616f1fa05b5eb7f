package dev.sdlora.families.checkpoint.transformer;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.families.checkpoint.stored.LdmVaeNames;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.checkpoint.transformer.StoredNetwork.Place;
import dev.sdlora.families.network.WeightList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The tensors of the VAEs of FLUX.1 and FLUX.2, with the names of the original code or of
 * diffusers. FLUX.2's has convolutions for the moments, and the statistics of a batch norm.
 */
final class VaeTensors {
  private static final String SIGN = "decoder.conv_in.weight";
  private static final int MAX_LEVELS = 8;
  private static final int GROUPS = 32;

  /** Latents are normalised in patches of this many positions. */
  private static final int PATCH = 4;

  private VaeTensors() {}

  /** Returns the prefix of its names in a file; empty if there is no VAE. */
  static Optional<String> prefix(NetworkWeights weights) {
    return List.of("vae.", "first_stage_model.", "").stream()
        .filter(prefix -> weights.find(prefix + SIGN).isPresent())
        .findFirst();
  }

  /**
   * Finds the VAE in a file or folder.
   *
   * @throws CheckpointException if there is none
   */
  static StoredNetwork in(NetworkWeights weights) {
    String prefix =
        prefix(weights)
            .orElseThrow(
                () ->
                    new CheckpointException(
                        "'%s' is not a VAE: none of its %s tensors is named '%s'; the first is %s"
                            .formatted(
                                weights.path(),
                                weights.names().size(),
                                SIGN,
                                weights.names().stream()
                                    .findFirst()
                                    .map(name -> "'" + name + "'")
                                    .orElse("missing")),
                        ErrorDetails.in(weights.path())));
    boolean diffusers =
        weights.names().stream().anyMatch(name -> name.startsWith(prefix + "decoder.up_blocks."));
    int levels = levels(new StoredNetwork(weights, prefix, "VAE", name -> List.of(), diffusers));
    return new StoredNetwork(weights, prefix, "VAE", name -> places(name, levels), diffusers);
  }

  private static int levels(StoredNetwork network) {
    int levels =
        Math.max(
            network.blocks("encoder\\.(?:down|down_blocks)\\.(\\d+)\\."),
            network.blocks("decoder\\.(?:up|up_blocks)\\.(\\d+)\\."));
    if (levels < 1 || levels > MAX_LEVELS) {
      throw new CheckpointException(
          "'%s': the VAE has %s levels, expected 1 to %s"
              .formatted(network.weights().path(), levels, MAX_LEVELS),
          ErrorDetails.in(network.weights().path()));
    }
    return levels;
  }

  /** Returns the places of a weight in a VAE with this many levels. */
  static List<Place> places(String name, int levels) {
    String stored =
        switch (name.substring(0, name.indexOf('.'))) {
          case "quant_conv" -> "encoder." + name;
          case "post_quant_conv" -> "decoder." + name;
          default -> LdmVaeNames.inFile(name, levels);
        };
    return stored.equals(name)
        ? List.of(Place.whole(name))
        : List.of(Place.whole(stored), Place.whole(name));
  }

  /**
   * Returns the names and shapes of its weights.
   *
   * @param family the family whose latents it must decode
   * @throws CheckpointException if it has other latents
   */
  static Map<String, List<Long>> wanted(StoredNetwork network, TransformerFamily family) {
    long latent = network.common(1, SIGN);
    if (latent != family.latentChannels()) {
      throw new CheckpointException(
          "VAE '%s' has latents of %s channels, expected %s as %s has; the usual file is '%s'"
              .formatted(
                  network.weights().path(),
                  latent,
                  family.latentChannels(),
                  family.label(),
                  family.vae().file()),
          ErrorDetails.in(network.weights().path()).withTensor(network.prefix() + SIGN));
    }
    boolean normalised = family.normalisesLatents();
    WeightList list = new WeightList();
    encoder(list, network, latent);
    if (normalised || network.has("quant_conv.weight")) {
      list.conv("quant_conv", 2 * latent, 2 * latent, 1);
    }
    if (normalised || network.has("post_quant_conv.weight")) {
      list.conv("post_quant_conv", latent, latent, 1);
    }
    decoder(list, network, latent);
    if (normalised) {
      list.add("bn.running_mean", PATCH * latent);
      list.add("bn.running_var", PATCH * latent);
    }
    return list.shapes();
  }

  private static void encoder(WeightList list, StoredNetwork network, long latent) {
    int levels = levels(network);
    int layers =
        network.blocks("encoder\\.(?:down\\.0\\.block|down_blocks\\.0\\.resnets)\\.(\\d+)\\.");
    long in = channels(network, "encoder.down_blocks.0");
    list.conv("encoder.conv_in", 3, in, 3);
    for (int i = 0; i < levels; i++) {
      String block = "encoder.down_blocks." + i;
      long out = channels(network, block);
      for (int j = 0; j < layers; j++) {
        list.resnet(block + ".resnets." + j, j == 0 ? in : out, out, 0);
      }
      if (i < levels - 1) {
        list.conv(block + ".downsamplers.0.conv", out, out, 3);
      }
      in = out;
    }
    middle(list, "encoder.mid_block", in);
    list.norm("encoder.conv_norm_out", in);
    list.conv("encoder.conv_out", in, 2 * latent, 3);
  }

  private static void decoder(WeightList list, StoredNetwork network, long latent) {
    int levels = levels(network);
    String first = network.diffusers() ? "up_blocks\\.0\\.resnets" : "up\\.0\\.block";
    int layers = network.blocks("decoder\\." + first + "\\.(\\d+)\\.");
    long in = channels(network, "decoder.up_blocks.0");
    list.conv("decoder.conv_in", latent, in, 3);
    middle(list, "decoder.mid_block", in);
    for (int i = 0; i < levels; i++) {
      String block = "decoder.up_blocks." + i;
      long out = channels(network, block);
      for (int j = 0; j < layers; j++) {
        list.resnet(block + ".resnets." + j, j == 0 ? in : out, out, 0);
      }
      if (i < levels - 1) {
        list.conv(block + ".upsamplers.0.conv", out, out, 3);
      }
      in = out;
    }
    list.norm("decoder.conv_norm_out", in);
    list.conv("decoder.conv_out", in, 3, 3);
  }

  private static long channels(StoredNetwork network, String block) {
    String resnet = block + ".resnets.0.";
    long channels =
        network.common(
            0,
            resnet + "conv1.weight",
            resnet + "conv1.bias",
            resnet + "norm2.weight",
            resnet + "conv2.bias");
    if (channels % GROUPS != 0) {
      throw new CheckpointException(
          "'%s': the VAE has a level of %s channels, which is not divisible by the %s groups of its norms"
              .formatted(network.weights().path(), channels, GROUPS),
          ErrorDetails.in(network.weights().path()));
    }
    return channels;
  }

  private static void middle(WeightList list, String name, long width) {
    list.resnet(name + ".resnets.0", width, width, 0);
    list.norm(name + ".attentions.0.group_norm", width);
    for (String part : List.of("to_q", "to_k", "to_v", "to_out.0")) {
      list.linear(name + ".attentions.0." + part, width, width);
    }
    list.resnet(name + ".resnets.1", width, width, 0);
  }
}
