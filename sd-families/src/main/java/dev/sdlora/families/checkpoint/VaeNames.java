package dev.sdlora.families.checkpoint;

import dev.sdlora.families.checkpoint.CheckpointReader.Network;
import dev.sdlora.families.checkpoint.layout.FileTensors;
import dev.sdlora.families.checkpoint.layout.LdmNames;
import dev.sdlora.families.checkpoint.layout.Names;
import dev.sdlora.families.checkpoint.layout.NetworkShapes;
import dev.sdlora.families.checkpoint.stored.NetworkWeights;
import dev.sdlora.families.network.vae.LatentFormat;
import dev.sdlora.families.network.vae.VaeConfig;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds the layers of a VAE by the names of the original code or of diffusers. */
final class VaeNames {
  /** The names of the VAE's attention layers before diffusers 0.18. */
  private static final Map<String, String> OLD_ATTENTION =
      Map.of("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn");

  private static final Pattern ATTENTION =
      Pattern.compile("attentions\\.0\\.(to_\\w+(?:\\.0)?)\\.");

  private VaeNames() {}

  /** Reads a VAE with diffusers' names, old or new. */
  static Network<VaeConfig> diffusers(NetworkWeights weights, LatentFormat format) {
    boolean old = weights.names().stream().anyMatch(name -> name.contains(".proj_attn."));
    Names names = old ? VaeNames::old : name -> name;
    FileTensors tensors = new FileTensors(weights, "VAE", names);
    int levels =
        tensors.count(
            Pattern.compile("encoder\\.down_blocks\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        tensors.count(
            Pattern.compile("encoder\\.down_blocks\\.0\\.resnets\\.(\\d+)\\."),
            NetworkShapes.MAX_LAYERS);
    return new Network<>(NetworkShapes.vae(tensors, levels, layers, format), tensors);
  }

  private static String old(String name) {
    return ATTENTION
        .matcher(name)
        .replaceFirst(part -> "attentions.0." + OLD_ATTENTION.get(part.group(1)) + ".");
  }

  /**
   * Reads a VAE with the names of the original code.
   *
   * @param prefix the prefix of its tensors
   */
  static Network<VaeConfig> original(NetworkWeights weights, String prefix, LatentFormat format) {
    FileTensors bare = new FileTensors(weights, "VAE", name -> prefix + name);
    String quoted = Pattern.quote(prefix);
    int levels =
        bare.count(Pattern.compile(quoted + "decoder\\.up\\.(\\d+)\\."), NetworkShapes.MAX_LEVELS);
    int layers =
        bare.count(
            Pattern.compile(quoted + "encoder\\.down\\.0\\.block\\.(\\d+)\\."),
            NetworkShapes.MAX_LAYERS);
    Names inCheckpoint = LdmNames.vae(levels);
    return Network.of(
        new FileTensors(
            weights,
            "VAE",
            name -> prefix + inCheckpoint.inFile(name).substring(LdmNames.VAE.length())),
        tensors -> NetworkShapes.vae(tensors, levels, layers, format));
  }
}
