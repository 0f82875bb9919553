CREATE TABLE files_file (
  id uuid PRIMARY KEY,
  owner_kind text,
  owner_id bigint,
  name text NOT NULL,
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  original_bytes bigint NOT NULL,
  original_sha256 bytea NOT NULL,
  stored_sha256 bytea NOT NULL,
  width integer,
  height integer,
  has_thumbnail boolean NOT NULL DEFAULT false,
  taken_at timestamptz,
  place point,
  secrecy text NOT NULL,
  uploader_kind text NOT NULL,
  uploader_id bigint,
  uploader_secret bytea,
  uploaded_at timestamptz NOT NULL,
  attached_at timestamptz,
  CONSTRAINT files_file_owner CHECK (num_nonnulls(owner_kind, owner_id, attached_at) IN (0, 3)),
  CONSTRAINT files_file_secrecy CHECK (secrecy IN ('public', 'internal', 'secret')),
  CONSTRAINT files_file_uploader CHECK (
    CASE uploader_kind
      WHEN 'staff' THEN uploader_id IS NOT NULL AND uploader_secret IS NULL
      WHEN 'public' THEN uploader_id IS NULL AND octet_length(uploader_secret) = 32
      WHEN 'system' THEN uploader_id IS NULL AND uploader_secret IS NULL
      ELSE false
    END
  )
);

CREATE INDEX files_file_of_owner ON files_file (owner_kind, owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX files_file_unattached ON files_file (uploaded_at) WHERE attached_at IS NULL;

COMMENT ON TABLE files_file IS '文件: one uploaded or generated file; its content lies encrypted in the county''s file root under the id';
COMMENT ON COLUMN files_file.id IS 'UUID version 7; its time part also names the folder of the content';
COMMENT ON COLUMN files_file.owner_kind IS '归属类型: what the file is attached to (e.g. case); null until attached';
COMMENT ON COLUMN files_file.owner_id IS '归属编号; null until attached';
COMMENT ON COLUMN files_file.name IS '文件名, cleaned; of public uploads only the moment and the type';
COMMENT ON COLUMN files_file.media_type IS '文件类型 of the stored content, found from its bytes';
COMMENT ON COLUMN files_file.bytes IS '存储字节数 before encryption';
COMMENT ON COLUMN files_file.original_bytes IS '原文件字节数 as received';
COMMENT ON COLUMN files_file.original_sha256 IS '原文件摘要: SHA-256 of what was received';
COMMENT ON COLUMN files_file.stored_sha256 IS '存储内容摘要: SHA-256 of the stored content before encryption; stays the same when keys rotate';
COMMENT ON COLUMN files_file.width IS '图片宽 in pixels as stored';
COMMENT ON COLUMN files_file.height IS '图片高 in pixels as stored';
COMMENT ON COLUMN files_file.has_thumbnail IS '有缩略图';
COMMENT ON COLUMN files_file.taken_at IS '拍摄时间, read once from the photo before its metadata were removed';
COMMENT ON COLUMN files_file.place IS '拍摄位置 (longitude, latitude; WGS-84), read once from the photo before its metadata were removed';
COMMENT ON COLUMN files_file.secrecy IS '公开范围: public 公开, internal 内部, secret 保密';
COMMENT ON COLUMN files_file.uploader_kind IS '上传者类型: staff 工作人员, public 未登录群众, system 系统生成';
COMMENT ON COLUMN files_file.uploader_id IS '上传账号';
COMMENT ON COLUMN files_file.uploader_secret IS '上传凭据摘要: SHA-256 of the secret that the uploader''s browser holds';
COMMENT ON COLUMN files_file.uploaded_at IS '上传时间';
COMMENT ON COLUMN files_file.attached_at IS '归属时间; files never attached are swept';
