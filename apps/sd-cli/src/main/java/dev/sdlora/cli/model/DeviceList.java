package dev.sdlora.cli.model;

import dev.sdlora.api.Pipeline;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.report.DeviceReport;
import dev.sdlora.server.PipelineGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The devices that {@code --device} names, separated by commas. */
final class DeviceList {
  private static final Set<String> ALWAYS_THERE = Set.of("auto", "cpu");

  private final List<String> names;

  DeviceList(String value) {
    names = Arrays.stream(value.split(",", -1)).map(String::strip).toList();
  }

  boolean isOne() {
    return names.size() == 1;
  }

  /** Opens the model on each device, as one pipeline; all devices are checked before the first. */
  Pipeline open(Pipeline.Builder builder, Function<Pipeline.Builder, Pipeline> opener) {
    for (String name : names) {
      OptionValue.set("--device", Optional.of(name), builder::device);
      if (!ALWAYS_THERE.contains(name.toLowerCase(Locale.ROOT))) {
        DeviceReport.find(name);
      }
    }
    List<Pipeline> opened = new ArrayList<>();
    try {
      for (String name : names) {
        opened.add(opener.apply(builder.device(name)));
      }
      return PipelineGroup.of(opened);
    } catch (Throwable e) {
      opened.forEach(Pipeline::close);
      throw e;
    }
  }
}
