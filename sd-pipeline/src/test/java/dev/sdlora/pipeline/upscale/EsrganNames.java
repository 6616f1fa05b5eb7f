package dev.sdlora.pipeline.upscale;

import dev.sdlora.tensors.file.SafetensorsWriter;
import java.nio.file.Path;

/** The three naming schemes of ESRGAN's weights, spelled out for networks with two blocks. */
enum EsrganNames {
  REAL_ESRGAN {
    @Override
    String of(String name, int doublings) {
      return name;
    }
  },
  ESRGAN {
    @Override
    String of(String name, int doublings) {
      return name.replaceFirst("^conv_body", "trunk_conv")
          .replaceFirst("^body\\.(\\d)\\.rdb", "RRDB_trunk.$1.RDB")
          .replaceFirst("^conv_up", "upconv")
          .replaceFirst("^conv_hr", "HRconv");
    }
  },
  NUMBERED {
    @Override
    String of(String name, int doublings) {
      String hr = doublings == 0 ? "model.2" : doublings == 1 ? "model.5" : "model.8";
      String last = doublings == 0 ? "model.4" : doublings == 1 ? "model.7" : "model.10";
      return name.replaceFirst("^conv_first", "model.0")
          .replaceFirst("^conv_body", "model.1.sub.2")
          .replaceFirst("^body\\.(\\d)\\.rdb(\\d)\\.conv(\\d)", "model.1.sub.$1.RDB$2.conv$3.0")
          .replaceFirst("^conv_up1", "model.3")
          .replaceFirst("^conv_up2", "model.6")
          .replaceFirst("^conv_hr", hr)
          .replaceFirst("^conv_last", last);
    }
  };

  abstract String of(String name, int doublings);

  /** Writes a network. */
  void write(PlainRrdb network, String wrapper, Path target) {
    SafetensorsWriter writer = new SafetensorsWriter();
    add(network, wrapper, writer);
    writer.write(target);
  }

  void add(PlainRrdb network, String wrapper, SafetensorsWriter writer) {
    network.weights().add(writer, name -> wrapper + of(name, network.config().doublings()));
  }
}
