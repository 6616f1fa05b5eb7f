package dev.sdlora.pipeline.network;

import java.util.List;
import java.util.Map;

/** The dimensions of a network that enlarges images. */
public sealed interface UpscalerConfig permits RrdbConfig, SrvggConfig {
  /** How many times wider and higher an image becomes. */
  int factor();

  /** The names and shapes of all weights. */
  Map<String, List<Long>> weights();
}
