package dev.sdlora.families.network.upscaler;

import java.util.List;
import java.util.Map;

/** The dimensions of an upscaler network. */
public sealed interface UpscalerConfig permits RrdbConfig, SrvggConfig {
  /** The scale factor of each side. */
  int factor();

  /** Returns the names and shapes of all weights. */
  Map<String, List<Long>> weights();
}
