package dev.sdlora.pipeline.upscale;

import dev.sdlora.families.network.upscaler.RrdbConfig;
import dev.sdlora.tensorkit.Planes;
import dev.sdlora.tensorkit.RandomWeights;
import java.util.Arrays;

/** ESRGAN's generator in plain Java and double precision, with random weights. */
final class PlainRrdb {
  private final RrdbConfig config;
  private final RandomWeights weights;

  PlainRrdb(RrdbConfig config, long seed) {
    this.config = config;
    this.weights = new RandomWeights(config.weights(), seed);
    // The images are around grey, so that little is clipped at black or white.
    Arrays.fill(weights.of("conv_last.bias"), 0.5f);
  }

  RandomWeights weights() {
    return weights;
  }

  RrdbConfig config() {
    return config;
  }

  Planes enlarge(Planes picture) {
    Planes first = conv(picture.unshuffled(config.unshuffle()), "conv_first");
    Planes h = first;
    for (int i = 0; i < config.blocks(); i++) {
      Planes y = h;
      for (int j = 1; j <= 3; j++) {
        y = dense(y, "body." + i + ".rdb" + j);
      }
      h = h.plus(y, 0.2);
    }
    h = first.plus(conv(h, "conv_body"), 1);
    for (int i = 1; i <= config.doublings(); i++) {
      h = leaky(conv(h.doubled(), "conv_up" + i));
    }
    return conv(leaky(conv(h, "conv_hr")), "conv_last");
  }

  private Planes dense(Planes x, String name) {
    Planes seen = x;
    for (int i = 1; i <= 4; i++) {
      seen = seen.with(leaky(conv(seen, name + ".conv" + i)));
    }
    return x.plus(conv(seen, name + ".conv5"), 0.2);
  }

  private Planes conv(Planes x, String name) {
    return x.conv(weights.of(name + ".weight"), weights.of(name + ".bias"), 1);
  }

  private static Planes leaky(Planes x) {
    return x.map(v -> v < 0 ? 0.2 * v : v);
  }
}
