package dev.sdlora.families.checkpoint.auxiliary;

/**
 * The sets of tensor names that ESRGAN's generator has been saved under; the code uses
 * Real-ESRGAN's.
 */
enum RrdbNames {
  REAL_ESRGAN("body.0.rdb1.conv1.weight", "body\\.(\\d+)\\."),
  ESRGAN("RRDB_trunk.0.RDB1.conv1.weight", "RRDB_trunk\\.(\\d+)\\."),
  /**
   * All layers numbered consecutively: each upscaling takes three numbers, and activations count.
   */
  NUMBERED("model.1.sub.0.RDB1.conv1.0.weight", "model\\.1\\.sub\\.(\\d+)\\.RDB");

  /** A tensor that identifies this naming. */
  final String sign;

  /** Matches the tensors of a block; its first group is the number. */
  final String block;

  RrdbNames(String sign, String block) {
    this.sign = sign;
    this.block = block;
  }

  /** Returns the name of a weight in the file. */
  String name(String name, int blocks, int doublings) {
    int dot = name.lastIndexOf('.');
    String layer = name.substring(0, dot);
    return switch (this) {
          case REAL_ESRGAN -> layer;
          case ESRGAN -> trunk(layer);
          case NUMBERED -> number(layer, blocks, doublings);
        }
        + name.substring(dot);
  }

  private static String trunk(String layer) {
    if (layer.startsWith("body.")) {
      return "RRDB_trunk." + layer.substring(5).replace(".rdb", ".RDB");
    }
    return switch (layer) {
      case "conv_body" -> "trunk_conv";
      case "conv_hr" -> "HRconv";
      default -> layer.replace("conv_up", "upconv");
    };
  }

  private static String number(String layer, int blocks, int doublings) {
    if (layer.startsWith("body.")) {
      return "model.1.sub." + layer.substring(5).replace(".rdb", ".RDB") + ".0";
    }
    if (layer.startsWith("conv_up")) {
      return "model." + 3 * Integer.parseInt(layer.substring(7));
    }
    return switch (layer) {
      case "conv_first" -> "model.0";
      case "conv_body" -> "model.1.sub." + blocks;
      case "conv_hr" -> "model." + (3 * doublings + 2);
      default -> "model." + (3 * doublings + 4);
    };
  }
}
